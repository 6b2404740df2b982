// Uploads on the page: `upload.mjs URL FOLDER`. FOLDER is empty, and what is served.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessible, browse, texts } from './browser.mjs';

const [url, folder] = process.argv.slice(2);
const own = mkdtempSync(join(tmpdir(), 'uploads-'));
const made = (name, content) => {
    writeFileSync(join(own, name), content);
    return join(own, name);
};

const title = page => page.$eval('#uploads-title', title => title.textContent);
const until = (page, text) => page.waitForFunction(
    text => document.querySelector('#uploads-title').textContent === text, {}, text);
const press = (page, label) => page.locator(`button[aria-label="${label}"]`).click();

/** Files that are chosen by the button. */
async function choose(page, ...files) {
    const [chooser] = await Promise.all([page.waitForFileChooser(), page.click('#up')]);
    await chooser.accept(files);
}

/** Slows the line down, so that there is time to see an upload. */
async function slow(page, bytesPerSecond) {
    const session = await page.createCDPSession();
    await session.send('Network.emulateNetworkConditions',
        { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: bytesPerSecond });
}

await browse(async open => {
    const page = await open(url);
    // Five files that are dropped.
    await page.evaluate(() => {
        const transfer = new DataTransfer();
        for (const name of ['one.txt', 'two & <b>.txt', 'drei ä.txt', 'four?#%.txt', 'five']) {
            transfer.items.add(new File([name.repeat(3)], name));
        }
        for (const type of ['dragenter', 'dragover']) {
            document.body.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }
        if (document.querySelector('#drop').hidden) throw new Error('nothing says that files may be dropped');
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    });
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 5);
    equal(await title(page), '5 files uploaded');
    deepEqual(readdirSync(folder).sort(), ['drei ä.txt', 'five', 'four?#%.txt', 'one.txt', 'two & <b>.txt']);
    equal(readFileSync(join(folder, 'two & <b>.txt'), 'utf8'), 'two & <b>.txt'.repeat(3));

    // A name that is taken: nothing is replaced, and people are asked.
    await choose(page, made('five', 'another five'), made('six.tar.gz', 'six'));
    await until(page, '1 file uploaded, 1 to decide');
    await accessible(page);
    equal(readFileSync(join(folder, 'five'), 'utf8'), 'five'.repeat(3));
    deepEqual(await texts(page, '#uploads li:first-child button'), ['Keep both', 'Skip']);
    await press(page, 'Keep both five');
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 7);
    equal(readFileSync(join(folder, 'five (2)'), 'utf8'), 'another five');

    // A large file over a slow line: how far it is, how fast, and how long it will take.
    await slow(page, 400 * 1000);
    await choose(page, made('large.bin', Buffer.alloc(8_000_000)), made('later.txt', 'later'));
    await page.waitForFunction(() => document.querySelector('#uploads progress')?.value > 0);
    await page.waitForFunction(() => / left$/.test(document.querySelector('#uploads small').textContent));
    match(await page.$eval('#uploads small', note => note.textContent),
        /^[\d.]+ [kM]?B of 8\.0 MB, [\d.]+ [kM]?B\/s, \d+ (s|min) left$/);
    equal(await title(page), 'Uploading 1 of 2');
    await accessible(page);

    // A cancelled upload leaves nothing, and the next file is uploaded.
    ok(readdirSync(folder).some(name => name.startsWith('.upload-')));
    await press(page, 'Cancel large.bin');
    await page.waitForFunction(() => [...document.querySelectorAll('tbody a')].some(a => a.textContent === 'later.txt'));
    for (const until = Date.now() + 10000; readdirSync(folder).some(name => name.startsWith('.upload-'));) {
        ok(Date.now() < until, 'the half file is still there');
        await new Promise(done => setTimeout(done, 50));
    }
    ok(!existsSync(join(folder, 'large.bin')));
    equal(readdirSync(folder).length, 8);
});
rmSync(own, { recursive: true });
