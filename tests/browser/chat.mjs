// The page of the example `chat`, in two tabs: `chat.mjs URL [DIRECTORY]`. With a directory, pictures of
// the page are left there.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { accessible, browse, texts } from './browser.mjs';

const [url, directory] = process.argv.slice(2);

async function say(page, text) {
    await page.bringToFront();
    await page.type('input', text);
    await page.keyboard.press('Enter');
}

/** Waits until the page shows so many entries, and returns them. */
async function shows(page, count) {
    await page.waitForFunction(
        count => document.querySelectorAll('ol li').length >= count, { polling: 50 }, count);
    return texts(page, 'ol li');
}

/** How much wider the page is than its window. */
const excess = page => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

await browse(async open => {
    const ada = await open(url);
    const ben = await open(url);
    await accessible(ada);
    await say(ada, 'Ada');
    deepEqual(await shows(ada, 1), ['Ada came.']);
    await say(ada, 'is anybody here?');
    deepEqual(await shows(ada, 2), ['Ada came.', 'Adais anybody here?']);
    // The second guest sees what was said before.
    await say(ben, 'Ben');
    deepEqual(await shows(ben, 2), ['Adais anybody here?', 'Ben came.']);
    await say(ben, '<b>I am</b> ä€😀');
    equal((await shows(ben, 3))[2], 'Ben<b>I am</b> ä€😀');
    equal((await shows(ada, 4))[3], 'Ben<b>I am</b> ä€😀');
    deepEqual(await ben.$$eval('li.mine', mine => mine.length), 1);
    for (const number of Array(20).keys()) await say(ben, `Line ${number} of a longer conversation`);
    await shows(ada, 24);
    // The newest line is in sight, on a phone as well, light and dark.
    for (const scheme of ['light', 'dark']) {
        await ada.bringToFront();
        await ada.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        await ada.setViewport({ width: 390, height: 844, deviceScaleFactor: 2 });
        await say(ada, 'From a phone, with a_word_that_is_far_too_long_for_one_line_of_a_small_screen');
        await ada.waitForFunction(() => {
            const { bottom } = document.querySelector('ol li:last-child').getBoundingClientRect();
            return bottom <= document.querySelector('form').getBoundingClientRect().top + 1;
        });
        equal(await excess(ada), 0);
        await accessible(ada);
        if (directory) await ada.screenshot({ path: `${directory}/chat-${scheme}.png` });
    }
    await ben.close();
    ok((await shows(ada, 27)).includes('Ben left.'));
}, { acceptInsecureCerts: true });
