// npm's `ws` at an echo server: `ws_client.mjs URL MODULES`.

import { createRequire } from 'node:module';

const [url, modules] = process.argv.slice(2);
const WebSocket = createRequire(modules)('ws');

for (const perMessageDeflate of [false, true]) {
    await new Promise((resolve, reject) => {
        const socket = new WebSocket(url, { perMessageDeflate });
        const messages = ['', 'hello', 'ä€😀', 'x'.repeat(70000), Buffer.alloc(80000, 7)];
        let at = 0;
        socket.on('open', () => socket.send(messages[0]));
        socket.on('message', data => {
            if (!Buffer.from(data).equals(Buffer.from(messages[at]))) reject(new Error(`message ${at}`));
            at += 1;
            if (at < messages.length) socket.send(messages[at]);
            else socket.ping('still there?');
        });
        socket.on('pong', data => {
            if (data.toString() !== 'still there?') reject(new Error('pong'));
            if (perMessageDeflate && !socket.extensions) reject(new Error('not compressed'));
            socket.close(4000, 'done');
        });
        socket.on('close', code => code === 4000 ? resolve() : reject(new Error(`code ${code}`)));
        socket.on('error', reject);
        setTimeout(() => reject(new Error('too late')), 30000).unref();
    });
}
