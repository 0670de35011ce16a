// The link of a mail opens this page; only the form spends the token, so that a mail scanner's visit does not.
const form = document.querySelector('form');
const button = document.querySelector('button');
const outcome = document.querySelector('output');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  const token = new URLSearchParams(location.search).get('token') ?? '';
  const response = await fetch('/user/v1/password/reset', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, password: new FormData(form).get('password') }),
  });
  button.disabled = response.ok;
  const { detail, errors } = response.ok ? {} : await response.json();
  outcome.textContent = response.ok
    ? 'Your new password is set. Log in with it; all other sessions have ended.'
    : `${detail} ${(errors ?? []).map(({ path, message }) => `${path} ${message}`).join('; ')}`;
});
