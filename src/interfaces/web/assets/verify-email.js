// The link of a mail opens this page; only the button spends the token, so that a mail scanner's visit does not.
const button = document.querySelector('button');
const outcome = document.querySelector('output');

button.addEventListener('click', async () => {
  button.disabled = true;
  const token = new URLSearchParams(location.search).get('token') ?? '';
  const response = await fetch('/user/v1/verify-email', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  outcome.textContent = response.ok ? 'Your address is verified. You can log in now.' : (await response.json()).detail;
});
