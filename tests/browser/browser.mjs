// Chromium for a script: `await browse(async open => { const page = await open(url); ... })`.
//
// `page` is Puppeteer's. The script fails if a page reports an error, breaks its own content security
// policy, or asks another machine for something.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

const require = createRequire(new URL('../../target/node/', import.meta.url));
const puppeteer = require('puppeteer-core');
const axe = require('axe-core');

const chromium = process.env.PATH.split(delimiter)
    .map(directory => join(directory, 'chromium'))
    .find(existsSync);

/**
 * Runs a script with a function that opens pages. `script` throws if something is wrong. `options` are
 * Puppeteer's.
 */
export async function browse(script, options = {}) {
    const browser = await puppeteer.launch({
        ...options,
        executablePath: chromium,
        // In a container, Chromium's own sandbox does not work. It sees only pages of this repository.
        args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
    });
    const faults = [];
    try {
        await script(url => open(browser, url, faults));
    } finally {
        await browser.close();
    }
    if (faults.length > 0) throw new Error(faults.join('\n'));
}

/** Opens a page, as wide as a laptop's. */
async function open(browser, url, faults) {
    const page = await browser.newPage();
    page.setDefaultTimeout(20000);
    await page.setViewport({ width: 1280, height: 800 });
    const { host } = new URL(url);
    page.on('request', request => {
        const to = new URL(request.url());
        if (/^(http|ws)s?:$/.test(to.protocol) && to.host !== host) faults.push(`asked ${to}`);
    });
    page.on('pageerror', error => faults.push(`${page.url()}: ${error}`));
    page.on('console', message => {
        // A status such as 404 is an answer, and no fault of the page.
        const answered = message.text().startsWith('Failed to load resource: the server responded');
        if (message.type() === 'error' && !answered) faults.push(`${page.url()}: ${message.text()}`);
    });
    await page.goto(url);
    return page;
}

/** Fails if axe-core finds a fault of the page against WCAG 2.2 AA, or against its best practices. */
export async function accessible(page) {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    const found = violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html}\n${failureSummary}`));
    if (found.length > 0) throw new Error(`${page.url()}:\n${found.join('\n')}`);
}

/** The texts of all elements that a selector finds, without white space around them. */
export function texts(page, selector) {
    return page.$$eval(selector, elements => elements.map(element => element.textContent.trim()));
}

/** Clicks what a selector finds, and waits for the page that this leads to. */
export function follow(page, selector) {
    return Promise.all([page.waitForNavigation(), page.click(selector)]);
}
