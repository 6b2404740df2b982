// The page that lists a directory: `listing.mjs URL`. listing.rs says what is in it.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { accessible, browse, follow, texts } from './browser.mjs';

const [url] = process.argv.slice(2);
const NAMES = 'tbody tr:not([hidden]) a';
const sorted = ['a & b/', 'docs/', 'file1.txt', 'file2.txt', 'file10.txt', '<i>.png'];

/** What the keyboard is on. */
const focused = page => page.evaluate(() => document.activeElement.textContent || document.activeElement.id);

async function press(page, ...keys) {
    for (const key of keys) await page.keyboard.press(key);
    return focused(page);
}

async function status(page, expected) {
    await page.waitForFunction(text => document.querySelector('#n').textContent === text, {}, expected);
}

await browse(async open => {
    const page = await open(url);
    deepEqual(await texts(page, NAMES), [sorted[0], sorted[1], '<i>.png', ...sorted.slice(2, 5)]);
    await status(page, '2 folders, 4 files, 316 B');
    await accessible(page);

    // Sorting, in both directions. The address says the order, so it can be kept.
    for (const [button, query, order, direction] of [
        ['Size', '?sort=-size', ['file2.txt', 'file10.txt', 'file1.txt', '<i>.png'], 'descending'],
        ['Size', '?sort=size', ['<i>.png', 'file1.txt', 'file10.txt', 'file2.txt'], 'ascending'],
        ['Modified', '?sort=-time', ['file10.txt', 'file2.txt', 'file1.txt', '<i>.png'], 'descending'],
        ['Name', '?sort=name', ['<i>.png', 'file1.txt', 'file2.txt', 'file10.txt'], 'ascending'],
        ['Name', '?sort=-name', ['file10.txt', 'file2.txt', 'file1.txt', '<i>.png'], 'descending'],
    ]) {
        await follow(page, `::-p-text(${button})`);
        equal(new URL(page.url()).search, query);
        deepEqual((await texts(page, NAMES)).slice(2), order);
        deepEqual(await page.$eval('th[aria-sort]', th => [th.textContent, th.ariaSort]), [button, direction]);
    }

    // The filter narrows at once, and is a search below once it is sent. It keeps the order.
    await page.type('#q', 'FILE 1');
    await status(page, '2 of 6 shown');
    deepEqual(await texts(page, NAMES), ['file10.txt', 'file1.txt']);
    await press(page, 'Escape');
    await status(page, '2 folders, 4 files, 316 B');
    await page.type('#q', 'guide');
    await status(page, '0 of 6 shown');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    equal(new URL(page.url()).search, '?q=guide&sort=-name');
    deepEqual(await texts(page, NAMES), ['docs/guide/', 'docs/a guide.txt']);
    match(await page.$eval('.n', note => note.textContent), /^Found 1 folder, 1 file, 5 B\. Show the folder/);
    await accessible(page);
    await follow(page, '.n a');
    equal(page.url(), url);

    // The keyboard alone: to the filter, down the list and into a folder.
    equal(await press(page, '/'), 'q');
    equal(await press(page, 'ArrowDown'), 'a & b/');
    equal(await press(page, 'ArrowDown', 'ArrowDown'), '<i>.png');
    equal(await press(page, 'End'), 'file10.txt');
    equal(await press(page, 'ArrowDown'), 'file10.txt');
    equal(await press(page, 'Home'), 'a & b/');
    equal(await press(page, 'ArrowUp'), 'q');
    await page.keyboard.type('docs');
    await status(page, '1 of 6 shown');
    equal(await press(page, 'ArrowDown'), 'docs/');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    equal(page.url(), `${url}docs/`);

    // The way back: by the path, and by the list.
    deepEqual(await texts(page, NAMES), ['../', 'guide/', 'a guide.txt']);
    await follow(page, 'tbody tr:nth-child(2) a');
    deepEqual(await texts(page, '.path bdi'), [new URL(url).host, 'docs', 'guide']);
    await accessible(page);
    await follow(page, '.path li:nth-child(2) a');
    equal(page.url(), `${url}docs/`);
    await follow(page, '.u');
    equal(page.url(), url);

    // Where people have another time zone than the server, they see their own time.
    const time = () => page.$eval('time', time => [time.textContent, time.title]);
    const [, server] = await time();
    ok(/UTC[+-]\d\d:\d\d$/.test(server), server);
    await page.emulateTimezone('Asia/Tokyo');
    await page.reload();
    const [, here] = await time();
    ok(here.endsWith(' Asia/Tokyo'), here);

    // Without a script, everything is there but the narrowing.
    await page.setJavaScriptEnabled(false);
    await page.goto(`${url}docs/`);
    await page.type('#q', 'guide');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    deepEqual(await texts(page, NAMES), ['guide/', 'a guide.txt']);
    await follow(page, '::-p-text(Size)');
    equal(new URL(page.url()).search, '?q=guide&sort=-size');
});
