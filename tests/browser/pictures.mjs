// The pictures of `serve`, by light and dark, on a laptop and on a phone: `pictures.mjs URL FOLDER`.
// It fails if something does not fit or cannot be read.

import { ok } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessible, browse } from './browser.mjs';

const [url, folder] = process.argv.slice(2);

function made(name, size) {
    const path = join(folder, name);
    writeFileSync(path, Buffer.alloc(size));
    return path;
}

await browse(async open => {
    const page = await open(url);
    const session = await page.createCDPSession();
    await session.send('Network.emulateNetworkConditions',
        { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 6_000_000 });
    for (const width of [1280, 390]) {
        await page.setViewport({ width, height: width === 390 ? 760 : 800 });
        for (const scheme of ['light', 'dark']) {
            await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
            await page.goto(url);
            await accessible(page);
            const [chooser] = await Promise.all([page.waitForFileChooser(), page.click('#up')]);
            await chooser.accept([made('boats.mov', 48_000_000), made('tides.csv', 84_000)]);
            await page.waitForFunction(() => document.querySelector('#uploads progress')?.value > 9_000_000);
            await accessible(page);
            ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width}`);
            // The test's port is another one each time.
            await page.$eval('.path bdi', name => { name.textContent = 'localhost:8000'; });
            await page.screenshot({ path: join(folder, `serve-${width}-${scheme}.png`) });
            await page.click('#stop');
        }
    }
});
