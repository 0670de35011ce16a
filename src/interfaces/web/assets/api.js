// Searches the page of the API, and sends calls with one's own token, which is kept for as long as the tab is open.
const search = document.querySelector('#search');
const found = document.querySelector('#found');
const token = document.querySelector('#token');
const entries = [...document.querySelectorAll('[data-entry]')];

const show = () => {
  const words = search.value.toLowerCase().split(/\s+/);
  for (const entry of entries) {
    const text = entry.querySelector('summary').textContent.toLowerCase();
    entry.hidden = !words.every((word) => text.includes(word));
  }
  for (const section of document.querySelectorAll('section'))
    section.hidden = section.querySelectorAll('[data-entry]:not([hidden])').length === 0;
  const count = entries.filter(({ hidden }) => !hidden).length;
  found.textContent = search.value === '' ? '' : `${count} found`;
};

const open = () => {
  const entry = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (entry && 'open' in entry) entry.open = true;
};

const valuesIn = (form, place) =>
  [...form.elements].filter((field) => field.dataset.in === place && field.value !== '');

const requestOf = (form) => {
  const headers = Object.fromEntries(valuesIn(form, 'header').map(({ name, value }) => [name, value]));
  if (token.value !== '') headers.Authorization = `Bearer ${token.value}`;
  const [file] = valuesIn(form, 'file');
  if (file) {
    const body = new FormData();
    body.append('file', file.files[0]);
    return { headers, body };
  }
  const [json] = valuesIn(form, 'body');
  return json ? { headers: { ...headers, 'Content-Type': 'application/json' }, body: json.value } : { headers };
};

const addressOf = (form) => {
  const fields = Object.fromEntries(valuesIn(form, 'path').map(({ name, value }) => [name, value]));
  const path = form.dataset.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(fields[name] ?? ''));
  const query = new URLSearchParams(valuesIn(form, 'query').map(({ name, value }) => [name, value])).toString();
  return query === '' ? path : `${path}?${query}`;
};

const readable = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // The answer is no JSON: a page, a file, or nothing.
  }
};

const send = async (form) => {
  const answer = form.querySelector('pre');
  answer.hidden = false;
  try {
    const response = await fetch(addressOf(form), { method: form.dataset.method, ...requestOf(form) });
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    answer.textContent = `${response.status} ${response.statusText}\n${headers}\n\n${readable(await response.text())}`;
  } catch (error) {
    answer.textContent = `Nothing was answered: ${error.message}`;
  }
};

for (const form of document.querySelectorAll('form'))
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.dataset.path) send(form);
  });
search.addEventListener('input', show);
token.value = sessionStorage.getItem('token') ?? '';
token.addEventListener('input', () => sessionStorage.setItem('token', token.value));
globalThis.addEventListener('hashchange', open);
open();
