// What `serve` adds to the page of a folder, and its error pages: `serve.mjs URL`.

import { equal, match } from 'node:assert/strict';
import { accessible, browse, follow } from './browser.mjs';

const [url] = process.argv.slice(2);

await browse(async open => {
    const page = await open(url);
    // A button of a form: programs that follow all links leave it alone.
    const archive = await page.$eval('[name=archive]', it => [it.form.action, it.value].join(' '));
    equal(archive, `${url} tar.gz`);
    equal(await page.$('a[href*="?"]'), null);
    equal(await page.$('#up'), null);
    await accessible(page);
    await page.goto(`${url}none`);
    equal(await page.$eval('h1', title => title.textContent), 'File not found');
    match(await page.$eval('body', body => getComputedStyle(body).maxWidth), /px$/);
    await accessible(page);
    await follow(page, 'main a');
    equal(page.url(), url);
});
