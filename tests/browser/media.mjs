// A long recording that is played from near its end: `media.mjs URL`. The browser fetches that part.

import { ok } from 'node:assert/strict';
import { browse } from './browser.mjs';

const [url] = process.argv.slice(2);

await browse(async open => {
    const page = await open(url);
    const parts = [];
    page.on('response', response => {
        if (response.status() === 206) parts.push(response.headers()['content-range']);
    });
    await page.evaluate(() => new Promise((resolve, reject) => {
        const player = document.querySelector('audio');
        player.onerror = () => reject(new Error(player.error.message));
        player.onseeked = resolve;
        player.onloadedmetadata = () => { player.currentTime = 0.9 * player.duration; };
        player.load();
    }));
    const starts = parts.map(part => Number(/^bytes (\d+)-/.exec(part)[1]));
    ok(starts.some(start => start > 40_000_000), `${parts}`);
});
