// The page of an OpenAPI document: `openapi.mjs URL`, where the URL is that of `todo_api`'s page.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { accessible, browse, texts } from './browser.mjs';

const [url] = process.argv.slice(2);

/** Opens an operation, sends its form, and returns the status line and the content. */
async function send(page, id, fields) {
    await page.evaluate(id => { document.getElementById(id).open = true; }, id);
    for (const [name, value] of Object.entries(fields)) {
        await page.evaluate((id, name, value) => {
            const labels = [...document.querySelectorAll(`#${id} label`)];
            const label = labels.find(label => label.firstChild.textContent === name);
            label.querySelector('input, select, textarea').value = value;
        }, id, name, value);
    }
    await page.click(`#${id} button`);
    await page.waitForSelector(`#${id} .good, #${id} .bad`);
    const [line] = await texts(page, `#${id} form .good, #${id} form .bad`);
    const shown = await texts(page, `#${id} form div pre`);
    return [line, shown.at(-1)];
}

await browse(async open => {
    const page = await open(url);
    // The version is the package's.
    match((await texts(page, 'h1')).join(), /^To-dos \d+\.\d+\.\d+$/);
    deepEqual(await texts(page, '.verb'), ['GET', 'POST', 'GET', 'DELETE', 'PATCH']);
    deepEqual(await texts(page, 'h2'), ['todos']);
    await accessible(page);

    const [made, todo] = await send(page, 'create', { Value: '{"title": "Tea"}' });
    match(made, /^201 Created/);
    deepEqual(JSON.parse(todo), { id: 1, title: 'Tea', done: false });
    const [missing, problem] = await send(page, 'show', { id: '7' });
    match(missing, /^404 No such to-do/);
    equal(JSON.parse(problem).status, 404);
    const [listed, list] = await send(page, 'list', { done: 'false', limit: '1' });
    match(listed, /^200 OK/);
    equal(JSON.parse(list).length, 1);
    await accessible(page);

    await page.type('input[type=search]', 'patch');
    deepEqual(await texts(page, 'details:not([hidden]) .verb'), ['PATCH']);

    // A phone, in the dark: nothing is wider than the screen.
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    await page.setViewport({ width: 360, height: 740 });
    await page.goto(`${url}#create`);
    await page.reload();
    equal(await page.$eval('#create', details => details.open), true);
    ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'too wide');
    await accessible(page);
});
