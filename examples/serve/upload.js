'use strict';
(() => {
  const button = document.getElementById('up');
  const panel = document.getElementById('uploads');
  const title = panel.querySelector('h2 span');
  const list = panel.querySelector('ul');
  const stop = document.getElementById('stop');
  const drop = document.getElementById('drop');
  const mayOverwrite = 'overwrite' in list.dataset;
  const waiting = [];
  const done = [];
  let current = null;
  let failures = 0;

  panel.parentElement.prepend(panel);
  button.hidden = false;

  const picker = document.createElement('input');
  picker.type = 'file';
  picker.multiple = true;
  button.addEventListener('click', () => picker.click());
  picker.addEventListener('change', () => {
    add([...picker.files]);
    picker.value = '';
  });

  // Files that are dropped anywhere on the page.
  let depth = 0;
  const hasFiles = event => event.dataTransfer && [...event.dataTransfer.types].includes('Files');
  addEventListener('dragenter', event => {
    if (!hasFiles(event)) return;
    depth += 1;
    drop.hidden = false;
  });
  addEventListener('dragleave', event => {
    if (hasFiles(event)) depth -= 1;
    if (depth <= 0) drop.hidden = true;
  });
  addEventListener('dragover', event => { if (hasFiles(event)) event.preventDefault(); });
  addEventListener('drop', event => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    drop.hidden = true;
    const items = [...event.dataTransfer.items].filter(item => item.kind === 'file');
    const isFolder = item => item.webkitGetAsEntry && item.webkitGetAsEntry()?.isDirectory;
    const folders = items.filter(isFolder).length;
    add(items.filter(item => !isFolder(item)).map(item => item.getAsFile()));
    if (folders > 0) title.textContent = 'Folders cannot be uploaded, only files';
  });
  addEventListener('beforeunload', event => { if (current) event.preventDefault(); });

  function element(name, text) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function add(files) {
    for (const file of files) {
      const row = element('li');
      const name = element('bdi', file.name);
      const note = element('small', size(file.size));
      const actions = element('div');
      row.append(name, actions, note);
      list.append(row);
      const upload = { file, name: file.name, row, note, actions, replace: false };
      act(upload, ['Cancel', () => cancel(upload)]);
      waiting.push(upload);
    }
    if (files.length > 0) panel.hidden = false;
    stop.hidden = false;
    next();
  }

  function act(upload, ...actions) {
    upload.actions.replaceChildren(...actions.map(([text, action]) => {
      const made = element('button', text);
      made.setAttribute('aria-label', `${text} ${upload.name}`);
      made.addEventListener('click', action);
      return made;
    }));
  }

  // One at a time: several would share the same line.
  async function next() {
    if (current) return;
    current = waiting.shift();
    if (!current) return finish();
    count();
    const upload = current;
    const taken = !upload.replace && await exists(upload);
    if (upload.cancelled) return ended();
    if (taken) return collide(upload);
    send(upload);
  }

  async function exists(upload) {
    try {
      const answer = await fetch(url(upload.name), { method: 'HEAD', cache: 'no-store' });
      return answer.ok;
    } catch {
      return false;
    }
  }

  function url(name) {
    return `./${encodeURIComponent(name)}`;
  }

  function send(upload) {
    const request = new XMLHttpRequest();
    const bar = element('progress');
    const began = performance.now();
    bar.max = upload.file.size || 1;
    bar.value = 0;
    bar.setAttribute('aria-label', `Upload of ${upload.name}`);
    upload.row.append(bar);
    upload.request = request;
    request.upload.addEventListener('progress', event => {
      bar.value = event.loaded;
      const seconds = (performance.now() - began) / 1000;
      const speed = event.loaded / Math.max(seconds, 0.001);
      const left = (event.total - event.loaded) / speed;
      upload.note.textContent = `${size(event.loaded)} of ${size(event.total)}, ${size(speed)}/s`
        + (left >= 1 ? `, ${duration(left)} left` : '');
    });
    request.addEventListener('loadend', () => {
      bar.remove();
      if (upload.cancelled) return ended();
      const { status } = request;
      if (status === 200 || status === 201) {
        done.push(upload);
        say(upload, upload.name === upload.file.name ? 'Uploaded' : `Uploaded as ${upload.name}`);
        upload.actions.replaceChildren();
        return ended();
      }
      // Somebody else was quicker.
      if ((status === 409 || status === 412) && !upload.replace) return collide(upload);
      const reasons = { 0: 'The connection was lost', 401: 'Not allowed', 404: 'The server does not take this name',
        413: 'Too large', 507: 'No room' };
      fail(upload, reasons[status] || `The server answered ${status}`);
      return ended();
    });
    request.open('PUT', url(upload.name));
    if (!upload.replace) request.setRequestHeader('If-None-Match', '*');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.send(upload.file);
  }

  function say(upload, text) {
    upload.note.textContent = text;
  }

  function fail(upload, text) {
    failures += 1;
    say(upload, text);
    act(upload, ['Try again', () => again(upload)]);
  }

  function again(upload) {
    failures -= 1;
    waiting.push(upload);
    act(upload, ['Cancel', () => cancel(upload)]);
    say(upload, size(upload.file.size));
    next();
  }

  // Nothing is replaced unless somebody says so.
  function collide(upload) {
    fail(upload, 'There is such a file already');
    const choices = [['Keep both', async () => {
      const name = await freeName(upload);
      upload.name = name;
      again(upload);
    }]];
    if (mayOverwrite) choices.push(['Replace', () => { upload.replace = true; again(upload); }]);
    choices.push(['Skip', () => { failures -= 1; upload.row.remove(); if (!current) finish(); }]);
    act(upload, ...choices);
    ended();
  }

  async function freeName(upload) {
    const [, stem, extension] = /^(.+?)((?:\.tar)?\.[^.]*)?$/.exec(upload.file.name);
    for (let at = 2; ; at += 1) {
      const name = `${stem} (${at})${extension || ''}`;
      if (!await exists({ name })) return name;
    }
  }

  function cancel(upload) {
    upload.cancelled = true;
    if (upload === current) {
      if (upload.request) upload.request.abort();
    } else {
      waiting.splice(waiting.indexOf(upload), 1);
    }
    upload.actions.replaceChildren();
    say(upload, 'Cancelled');
  }

  stop.addEventListener('click', () => {
    for (const upload of [...waiting]) cancel(upload);
    if (current) cancel(current);
  });

  function ended() {
    if (current) current.request = null;
    current = null;
    next();
  }

  function count() {
    const all = done.length + failures + waiting.length + 1;
    title.textContent = `Uploading ${done.length + failures + 1} of ${all}`;
  }

  function files(number) {
    return number === 1 ? '1 file' : `${number} files`;
  }

  function finish() {
    stop.hidden = true;
    if (failures > 0) {
      title.textContent = `${files(done.length)} uploaded, ${failures} to decide`;
      return;
    }
    title.textContent = `${files(done.length)} uploaded`;
    if (done.length === 0) return;
    // The list is the server's: it knows times and sizes.
    sessionStorage.setItem('uploaded', title.textContent);
    location.reload();
  }

  const before = sessionStorage.getItem('uploaded');
  if (before) {
    sessionStorage.removeItem('uploaded');
    title.textContent = before;
    stop.hidden = true;
    panel.hidden = false;
  }

  function size(bytes) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB'];
    let at = 0, value = bytes;
    while (value >= 999.5 && at < units.length - 1) { value /= 1000; at += 1; }
    return `${at > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
  }

  function duration(seconds) {
    if (seconds < 60) return `${Math.round(seconds)} s`;
    if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
    return `${(seconds / 3600).toFixed(1)} h`;
  }
})();
