// A video that is shown from near its end: `media.mjs URL`. The browser fetches that part.

import { deepEqual, ok } from 'node:assert/strict';
import { browse } from './browser.mjs';

const [url] = process.argv.slice(2);

await browse(async open => {
    const page = await open(url);
    const parts = [];
    page.on('response', response => {
        if (response.status() === 206) parts.push(response.headers()['content-range']);
    });
    // Red, and after the jump green.
    const [before, after] = await page.evaluate(async () => {
        const video = document.querySelector('video');
        const event = name => new Promise((resolve, reject) => {
            video.addEventListener(name, resolve, { once: true });
            video.addEventListener('error', () => reject(new Error(video.error.message)), { once: true });
        });
        const colour = () => {
            const context = document.createElement('canvas').getContext('2d');
            context.drawImage(video, 0, 0);
            return [...context.getImageData(8, 8, 1, 1).data].map(value => value > 128);
        };
        const show = async second => {
            const seeked = event('seeked');
            video.currentTime = second;
            await seeked;
            return colour();
        };
        const loaded = event('loadedmetadata');
        video.load();
        await loaded;
        return [await show(1), await show(0.9 * video.duration)];
    });
    deepEqual([before, after], [[true, false, false, true], [false, true, false, true]]);
    const starts = parts.map(part => Number(/^bytes (\d+)-/.exec(part)[1]));
    ok(starts.some(start => start > 36_000_000), `${parts}`);
});
