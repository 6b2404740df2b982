// Lists the operations of the document that the page brings, and tries them.
'use strict';
const api = JSON.parse(document.getElementById('api').textContent);
const main = document.querySelector('main');
const VERBS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const base = (api.servers || []).map(it => it.url).find(url => url.startsWith('/')) || '';
const schemes = api.components?.securitySchemes || {};
const secrets = {};

/** An element with properties and children; a child may be a text. */
function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter(child => child !== null));
  return element;
}

/** The schema that a reference leads to. */
function resolved(schema) {
  const name = schema?.$ref?.split('/').pop();
  return name ? api.components.schemas[name] ?? {} : schema ?? {};
}

/** A schema in the words of TypeScript. */
function shape(given, depth = 0) {
  const schema = resolved(given);
  const any = schema.oneOf || schema.anyOf;
  if (schema.enum) return schema.enum.map(it => JSON.stringify(it)).join(' | ');
  if ('const' in schema) return JSON.stringify(schema.const);
  if (any) return any.map(it => shape(it, depth)).join(' | ');
  const types = [].concat(schema.type ?? []);
  return types.map(type => {
    if (type === 'array') return `[${shape(schema.items, depth)}, …]`;
    if (type !== 'object' || !schema.properties || depth > 4) return type;
    const space = '  '.repeat(depth + 1);
    const fields = Object.entries(schema.properties).map(([name, field]) =>
      `${space}${name}${schema.required?.includes(name) ? '' : '?'}: ${shape(field, depth + 1)}`);
    return `{\n${fields.join(',\n')}\n${'  '.repeat(depth)}}`;
  }).join(' | ') || 'any';
}

/** A value that fits a schema, to begin with. */
function sample(given, depth = 0) {
  const schema = resolved(given);
  if ('default' in schema) return schema.default;
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const any = schema.oneOf || schema.anyOf;
  if (any) return sample(any[0], depth);
  switch ([].concat(schema.type)[0]) {
    case 'array': return depth < 3 && schema.items ? [sample(schema.items, depth + 1)] : [];
    case 'object': return Object.fromEntries(Object.entries(depth < 5 && schema.properties || {})
      .map(([name, field]) => [name, sample(field, depth + 1)]));
    case 'integer': case 'number': return Math.max(schema.minimum ?? 0, 0);
    case 'boolean': return false;
    case 'string': return 'text';
    default: return null;
  }
}

/** A field for a value, with its label. `read` gives what is written; an empty field is left out. */
function field(name, schema, note, required) {
  const found = resolved(schema);
  const list = found.enum ?? (found.type === 'boolean' ? ['true', 'false'] : null);
  const input = list
    ? make('select', {}, make('option', { value: '' }, '–'), ...list.filter(it => it !== '').map(it =>
      make('option', {}, String(it))))
    : make('input', { autocomplete: 'off', spellcheck: false });
  input.required = required;
  if ('default' in found && !list) input.placeholder = String(found.default);
  const about = [required ? 'required' : '', list ? '' : shape(schema), note].filter(Boolean).join(' · ');
  const label = make('label', {}, make('span', {}, name), input,
    make('span', { className: 'quiet' }, about));
  return { label, name, isList: found.type === 'array', read: () => input.value };
}

/** The values of a field: a list has commas between. */
const values = field => field.isList ? field.read().split(',').map(it => it.trim()) : [field.read()];

/** What asks for the content of a request: its elements, and a function that gives it. */
function content(body) {
  const [type, { schema }] = Object.entries(body?.content ?? {})[0] ?? [null, {}];
  if (!type) return { elements: [], read: () => ({}) };
  const title = make('h3', {}, `Content (${type})`);
  const note = make('p', { className: 'quiet' }, body.description ?? '');
  if (type.includes('urlencoded') && resolved(schema).properties) {
    const { properties, required = [] } = resolved(schema);
    const fields = Object.entries(properties).map(([name, it]) =>
      field(name, it, it.description, required.includes(name)));
    const read = () => {
      const pairs = new URLSearchParams();
      for (const it of fields) for (const value of values(it)) if (value) pairs.append(it.name, value);
      return { type, body: pairs.toString() };
    };
    return { elements: [title, note, ...fields.map(it => it.label)], read };
  }
  const isBytes = type.includes('octet-stream');
  const input = isBytes
    ? make('input', { type: 'file' })
    : make('textarea', { spellcheck: false, value: type.includes('json')
      ? JSON.stringify(sample(schema), null, 2) : '' });
  const kind = type.includes('json') ? make('pre', { tabIndex: 0 }, shape(schema)) : null;
  const label = make('label', { className: 'wide' }, make('span', { className: 'quiet' }, 'Value'), input);
  const read = () => ({ type, body: isBytes ? input.files[0] : input.value });
  return { elements: [title, note, kind, label], read };
}

/** Sends a request, and shows what comes back. */
async function send(request, output) {
  output.replaceChildren(make('p', {}, `${request.method} ${request.url}`));
  const { url, ...options } = request;
  try {
    const began = performance.now();
    const answer = await fetch(url, { ...options, credentials: 'same-origin', redirect: 'manual' });
    const text = await answer.text();
    const took = `${Math.round(performance.now() - began)} ms`;
    const line = answer.type === 'opaqueredirect'
      ? 'a redirection' : `${answer.status} ${answer.statusText}`;
    const isJson = /\bjson\b/.test(answer.headers.get('Content-Type') ?? '');
    let shown = text;
    try { if (isJson) shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* as it is */ }
    const fields = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    output.append(
      make('p', { className: answer.status < 400 ? 'good' : 'bad' }, `${line} (${took})`),
      fields ? make('pre', { tabIndex: 0 }, fields) : '',
      shown ? make('pre', { tabIndex: 0 }, shown) : '');
  } catch (error) {
    output.append(make('p', { className: 'bad' }, String(error)));
  }
}

/** Adds what a scheme asks for to a request. */
function secure(request, query, requirement) {
  for (const name of Object.keys(requirement ?? {})) {
    const scheme = schemes[name] ?? {};
    const secret = secrets[name]?.value;
    if (!secret) continue;
    const bytes = new TextEncoder().encode(secret);
    if (scheme.scheme === 'basic') {
      request.headers.set('Authorization', `Basic ${btoa(String.fromCharCode(...bytes))}`);
    } else if (scheme.type === 'apiKey' && scheme.in === 'query') query.append(scheme.name, secret);
    else if (scheme.type === 'apiKey' && scheme.in === 'header') request.headers.set(scheme.name, secret);
    else if (scheme.type !== 'apiKey') request.headers.set('Authorization', `Bearer ${secret}`);
  }
}

function operation(path, verb, it) {
  const fields = (it.parameters ?? []).map(found => {
    const elsewhere = found.in === 'cookie' ? 'a cookie; the browser sends its own' : found.in;
    const note = [elsewhere, found.description].filter(Boolean).join(' · ');
    const made = field(found.name, found.schema, note, found.required ?? false);
    if (found.in === 'cookie') made.label.querySelector('input, select').disabled = true;
    return { ...made, place: found.in };
  });
  const body = content(it.requestBody);
  const output = make('div', { ariaLive: 'polite' });
  const form = make('form', { noValidate: true }, ...fields.map(made => made.label), ...body.elements.filter(Boolean),
    make('button', {}, 'Send'), output);
  form.addEventListener('submit', event => {
    event.preventDefault();
    const query = new URLSearchParams();
    const request = { method: verb.toUpperCase(), headers: new Headers() };
    let target = path;
    for (const made of fields) {
      const given = values(made).filter(value => value !== '');
      if (made.place === 'path') {
        target = target.replace(`{${made.name}}`, encodeURIComponent(made.read()));
      } else if (made.place === 'query') given.forEach(value => query.append(made.name, value));
      else if (made.place === 'header' && given.length) request.headers.set(made.name, given.join(', '));
    }
    const { type, body: sent } = body.read();
    if (sent) { request.headers.set('Content-Type', type); request.body = sent; }
    secure(request, query, (it.security ?? [])[0]);
    request.url = base + target + (query.size ? `?${query}` : '');
    send(request, output);
  });
  const answers = Object.entries(it.responses ?? {}).flatMap(([code, answer]) => {
    const [type, found] = Object.entries(answer.content ?? {})[0] ?? [];
    const kind = found?.schema && type.includes('json') && code < '4'
      ? make('pre', { tabIndex: 0 }, shape(found.schema)) : '';
    return [make('dt', {}, code), make('dd', {}, `${answer.description}${type ? ` (${type})` : ''}`, kind)];
  });
  const needs = Object.keys((it.security ?? [])[0] ?? {});
  const inside = make('div', { className: 'inside' },
    it.description ? make('p', {}, it.description) : null,
    needs.length ? make('p', { className: 'quiet' }, `Needs ${needs.join(' and ')}.`) : null,
    form, make('h3', {}, 'Answers'), make('dl', {}, ...answers));
  const details = make('details', { id: it.operationId, className: it.deprecated ? 'old' : '' },
    make('summary', {}, make('span', { className: 'verb' }, verb.toUpperCase()),
      make('span', { className: 'path' }, path),
      make('span', { className: 'quiet' }, (it.deprecated ? 'deprecated. ' : '') + (it.summary ?? ''))),
    inside);
  return details;
}

const groups = new Map();
for (const [path, item] of Object.entries(api.paths ?? {})) {
  for (const verb of VERBS.filter(verb => item[verb])) {
    const tag = item[verb].tags?.[0] ?? '';
    if (!groups.has(tag)) groups.set(tag, []);
    groups.get(tag).push(operation(path, verb, item[verb]));
  }
}
for (const [name, scheme] of Object.entries(schemes)) {
  const note = [scheme.scheme === 'basic' ? 'name:password' : scheme.scheme ?? scheme.in, scheme.description];
  const input = make('input', { type: 'password', autocomplete: 'off' });
  secrets[name] = input;
  main.append(make('label', {}, make('span', {}, name), input,
    make('span', { className: 'quiet' }, note.filter(Boolean).join(' · '))));
}
const filter = make('input', { type: 'search', ariaLabel: 'Filter', placeholder: 'Filter' });
main.append(filter);
const sections = [...groups].map(([tag, operations]) =>
  make('section', {}, make('h2', {}, tag || 'Others'), ...operations));
main.append(...sections);
filter.addEventListener('input', () => {
  const wanted = filter.value.toLowerCase();
  for (const section of sections) {
    const all = [...section.querySelectorAll('details')];
    for (const it of all) {
      it.hidden = !it.firstChild.textContent.toLowerCase().includes(wanted);
    }
    section.hidden = all.every(it => it.hidden);
  }
});
if (location.hash) {
  const chosen = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (chosen?.matches('details')) { chosen.open = true; chosen.scrollIntoView(); }
}
