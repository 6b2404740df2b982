// The page that lists a directory, from its rows to the files: `listing.mjs URL`.

import { deepEqual, equal } from 'node:assert/strict';
import { browse, texts } from './browser.mjs';

const [url] = process.argv.slice(2);

await browse(async open => {
    const page = await open(url);
    deepEqual(await texts(page, 'tbody a'), ['a & b/', 'notes.txt']);
    await Promise.all([page.waitForNavigation(), page.click('tbody a')]);
    deepEqual(await texts(page, 'tbody a'), ['../', '<i>.txt']);
    const [, file] = await page.$$('tbody a');
    await Promise.all([page.waitForNavigation(), file.click()]);
    equal(await page.$eval('body', body => body.textContent), 'not markup\n');
});
