// What `serve` adds to the page of a folder, and its error pages: `serve.mjs URL`.

import { equal, match } from 'node:assert/strict';
import { accessible, browse, follow } from './browser.mjs';

const [url] = process.argv.slice(2);

await browse(async open => {
    const page = await open(url);
    equal(await page.$eval('a[download]', link => link.href), `${url}?archive=tar.gz`);
    equal(await page.$('#up'), null);
    await accessible(page);
    await page.goto(`${url}none`);
    equal(await page.$eval('h1', title => title.textContent), 'File not found');
    match(await page.$eval('body', body => getComputedStyle(body).maxWidth), /px$/);
    await accessible(page);
    await follow(page, 'main a');
    equal(page.url(), url);
});
