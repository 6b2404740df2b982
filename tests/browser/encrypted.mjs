// The same pages over HTTPS: `encrypted.mjs URL`. encrypted.rs says what is in the directory.

import { equal, match, ok, rejects } from 'node:assert/strict';
import { browse, follow } from './browser.mjs';

const [url] = process.argv.slice(2);

// Nobody has vouched for the certificate, so a page is only shown if one insists.
await rejects(browse(open => open(url)), /ERR_CERT_AUTHORITY_INVALID/);

await browse(async open => {
    const page = await open(url);
    // The listing's policy allows its scripts no requests.
    await page.setBypassCSP(true);
    const response = await page.reload();
    equal(response.status(), 200);
    const details = response.securityDetails();
    equal(details.protocol(), 'TLS 1.3');
    match(details.subjectAlternativeNames().join(' '), /127\.0\.0\.1|localhost/);
    ok(await page.evaluate(() => isSecureContext));
    equal(await page.evaluate(() => performance.getEntriesByType('navigation')[0].nextHopProtocol), 'http/1.1');

    // More at once than the browser opens connections.
    const sums = await page.evaluate(() => Promise.all(Array.from({ length: 12 }, async (_, at) => {
        const large = await fetch(`large?${at}`, { cache: 'no-store' });
        const bytes = new Uint8Array(await large.arrayBuffer());
        return bytes.every(byte => byte === 120) ? bytes.length : 'wrong bytes';
    })));
    ok(sums.every(sum => sum === 3_000_000), String(sums));
    const part = await page.evaluate(async () => {
        const part = await fetch('large', { headers: { Range: 'bytes=100-199' } });
        return `${part.status} ${(await part.text()).length}`;
    });
    equal(part, '206 100');

    // A download that is broken off leaves the connection's end to the server.
    const broken = await page.evaluate(async () => {
        const control = new AbortController();
        const large = await fetch('large?again', { cache: 'no-store', signal: control.signal });
        const reader = large.body.getReader();
        await reader.read();
        control.abort();
        return reader.read().then(() => 'it went on', error => error.name);
    });
    equal(broken, 'AbortError');
    await follow(page, '::-p-text(folder/)');
    equal(page.url(), `${url}folder/`);
}, { acceptInsecureCerts: true });
