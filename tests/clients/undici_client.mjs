// npm's `undici`, whose WebSocket is the one of browsers, at an echo server:
// `undici_client.mjs URL MODULES [UNIX_SOCKET]`.

import { createRequire } from 'node:module';

const [url, modules, socketPath] = process.argv.slice(2);
const { Agent, WebSocket } = createRequire(modules)('undici');

await new Promise((resolve, reject) => {
    const socket = new WebSocket(url, socketPath && { dispatcher: new Agent({ connect: { socketPath } }) });
    socket.binaryType = 'arraybuffer';
    let step = 0;
    socket.onopen = () => socket.send('hello ä');
    socket.onmessage = event => {
        step += 1;
        if (step === 1) {
            if (event.data !== 'hello ä') reject(new Error('text'));
            socket.send(new Uint8Array(70000).fill(9));
        } else {
            const bytes = new Uint8Array(event.data);
            if (bytes.length !== 70000 || bytes[69999] !== 9) reject(new Error('bytes'));
            socket.close(3000, 'done');
        }
    };
    socket.onclose = event => {
        if (event.code === 3000 && event.wasClean) resolve();
        else reject(new Error(`code ${event.code}`));
    };
    socket.onerror = event => reject(event.error ?? new Error('an error'));
    setTimeout(() => reject(new Error('too late')), 30000).unref();
});
