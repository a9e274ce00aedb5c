import { exampleOf } from './example.js';

const byId = (id) => document.getElementById(id);

/** Only ever as text: nothing from the document or an answer becomes markup. */
function element(name, properties = {}, children = []) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

function fieldOf(parameter) {
  const input = element('input', { name: parameter.name, required: parameter.required === true });
  input.placeholder = parameter.schema?.enum?.join(' | ') ?? '';
  input.dataset.place = parameter.in;
  const text = `${parameter.name} (${parameter.in}${parameter.required ? '' : ', optional'})`;
  return element('label', { textContent: text, title: parameter.description ?? '' }, [input]);
}

function bodyOf(operation, api) {
  const schema = operation.requestBody?.content['application/json']?.schema;
  if (!schema) return [];
  const value = JSON.stringify(exampleOf(schema, api), undefined, 2);
  return [element('label', { textContent: 'Body' }, [element('textarea', { name: '', value })])];
}

function answersOf(operation) {
  const rows = Object.entries(operation.responses).map(([status, { description }]) =>
    element('tr', {}, [
      element('td', { textContent: status, className: status >= '400' ? 'bad' : '' }),
      element('td', { textContent: description.replaceAll('`', '') }),
    ]),
  );
  return element('table', {}, [element('tbody', {}, rows)]);
}

function urlOf(inputs, path) {
  const query = new URLSearchParams();
  let filled = path;
  for (const { name, value, dataset } of inputs) {
    if (dataset.place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    if (dataset.place === 'query' && value !== '') query.append(name, value);
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}

/** Of an answer's headers those that say something about it; the rest is the same each time. */
const tellingHeaders = /^(x-request-id|retry-after|location|allow|.*ratelimit.*)$/;

function headersOf(inputs, { operation }) {
  const headers = new Headers();
  for (const { name, value, dataset } of inputs) {
    if (dataset.place === 'header' && value !== '') headers.set(name, value);
  }
  const token = byId('token').value;
  const takesToken = operation.security.length > 0;
  if (takesToken && token !== '') headers.set('authorization', `Bearer ${token}`);
  if (operation.requestBody) headers.set('content-type', 'application/json');
  return headers;
}

function requestOf(form, route) {
  const inputs = [...form.querySelectorAll('input')];
  const options = {
    method: route.method.toUpperCase(),
    headers: headersOf(inputs, route),
    body: form.querySelector('textarea')?.value,
  };
  return [urlOf(inputs, route.path), options];
}

async function tryIt(form, route, output) {
  output.hidden = false;
  output.textContent = 'Waiting …';
  const startedMs = performance.now();
  try {
    const answer = await fetch(...requestOf(form, route));
    const text = await answer.text();
    const tookMs = Math.round(performance.now() - startedMs);
    const told = [...answer.headers].filter(([name]) => tellingHeaders.test(name));
    const headers = told.map(([name, value]) => `${name}: ${value}`).join('\n');
    output.textContent = `${answer.status} in ${tookMs} ms\n${headers}\n\n${pretty(text)}`;
    output.classList.toggle('bad', !answer.ok);
  } catch (error) {
    output.textContent = `No answer: ${error.message}`;
    output.classList.add('bad');
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/** The form is built when somebody opens it: a page of all forms is slow to make. */
function formOf(route, api) {
  const { operation } = route;
  const output = element('pre', { hidden: true });
  const form = element('form', {}, [
    element('p', { textContent: operation.description }),
    element('div', { className: 'fields' }, operation.parameters.map(fieldOf)),
    ...bodyOf(operation, api),
    element('button', { textContent: 'Try it' }),
    output,
    answersOf(operation),
  ]);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void tryIt(form, route, output);
  });
  return form;
}

function rowOf(route, api) {
  const { method, path, operation } = route;
  const row = element('details', {}, [
    element('summary', {}, [
      element('span', { className: 'method', textContent: method.toUpperCase() }),
      element('code', { textContent: path }),
      element('span', { className: 'says', textContent: operation.summary.replaceAll('`', '') }),
    ]),
  ]);
  row.dataset.words = `${method} ${path} ${operation.summary}`.toLowerCase();
  row.dataset.alias = String('x-alias-of' in operation);
  row.addEventListener('toggle', () => row.open && row.append(formOf(route, api)), { once: true });
  return row;
}

function show(api) {
  byId('title').textContent = `${api.info.title} ${api.info.version}`;
  document.title = api.info.title;
  byId('about').textContent = api.info.description ?? '';
  const routes = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = api.tags.map(({ name }) => {
    const rows = routes.filter(({ operation }) => operation.tags[0] === name);
    const children = rows.map((route) => rowOf(route, api));
    return element('section', {}, [element('h2', { textContent: name }), ...children]);
  });
  byId('routes').replaceChildren(...sections);
  filter();
}

function filter() {
  const words = byId('find').value.toLowerCase().split(' ');
  for (const section of byId('routes').querySelectorAll('section')) {
    const rows = [...section.querySelectorAll('details')];
    for (const row of rows) {
      const isAlias = row.dataset.alias === 'true' && !byId('aliases').checked;
      row.hidden = isAlias || !words.every((word) => row.dataset.words.includes(word));
    }
    section.hidden = rows.every((row) => row.hidden);
  }
}

byId('find').addEventListener('input', filter);
byId('aliases').addEventListener('change', filter);
try {
  show(await (await fetch('/openapi.json')).json());
} catch (error) {
  byId('state').textContent = `The description of the API can't be read: ${error.message}`;
}
