'use strict';
(() => {
  const field = document.getElementById('q');
  const note = document.getElementById('n');
  const everything = note.textContent;
  const body = document.querySelector('tbody');
  const rows = [...body.rows];
  const names = rows.map(row => row.cells[0].textContent.toLowerCase());
  const isUp = row => 'up' in row.dataset;
  let drawing = false;

  // Times are those of the server's zone. Where people have another one, they see that.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const two = number => String(number).padStart(2, '0');
  for (const time of body.getElementsByTagName('time')) {
    const at = new Date(time.dateTime);
    const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    const clock = ` ${two(at.getHours())}:${two(at.getMinutes())}`;
    if (time.textContent === day + clock) continue;
    time.firstChild.data = day;
    time.lastChild.textContent = clock;
    time.title = `${day}${clock}:${two(at.getSeconds())} ${zone}`;
  }

  function narrow() {
    drawing = false;
    const words = field.value.toLowerCase().split(/\s+/).filter(word => word);
    let shown = 0, entries = 0;
    rows.forEach((row, at) => {
      const matches = words.every(word => names[at].includes(word));
      const hidden = words.length > 0 && (isUp(row) || !matches);
      if (!isUp(row)) entries += 1;
      if (!isUp(row) && !hidden) shown += 1;
      if (row.hidden !== hidden) row.hidden = hidden;
    });
    note.textContent = words.length === 0 ? everything : `${shown} of ${entries} shown`;
  }

  function changed() {
    if (!drawing) requestAnimationFrame(narrow);
    drawing = true;
  }

  // What a search found stays, until other words are sent.
  if (!('found' in field.dataset)) {
    field.addEventListener('input', changed);
    // The browser may have kept the words of an earlier visit.
    if (field.value) changed();
  }

  // The next row that is shown.
  function step(at, by) {
    do at += by; while (rows[at] && rows[at].hidden);
    return rows[at];
  }

  function go(to) {
    (to === field ? field : to.cells[0].querySelector('a')).focus();
    if (to === field) field.select();
  }

  function destination(key, target) {
    if (key === '/') return target.matches('input, textarea, select') ? null : field;
    const row = target.closest('tbody tr');
    if (!row && target !== field) return null;
    const at = rows.indexOf(row);
    switch (key) {
      case 'ArrowDown': return step(at, 1);
      case 'ArrowUp': return row && (step(at, -1) || field);
      case 'Home': return row && step(-1, 1);
      case 'End': return row && step(rows.length, -1);
      case 'Escape': return row && field;
      default: return null;
    }
  }

  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const to = destination(event.key, event.target);
    if (!to) return;
    event.preventDefault();
    go(to);
  });
})();
