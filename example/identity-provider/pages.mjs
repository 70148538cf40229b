import { once } from 'node:events';

/** Returns the middleware that shows the provider's sign-in page: whoever gives a name has signed in by it. */
export function signInPage(provider) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    if (ctx.method === 'POST') {
      const name = new URLSearchParams(await text(ctx.req)).get('name')?.trim();
      if (name) {
        // The provider answers by itself, outside Koa.
        ctx.respond = false;
        return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: name } });
      }
    }
    ctx.body = page(
      'Sign in at the identity provider',
      '<p>This one is for trying things out: any name will do.</p>' +
        '<form method="post"><label>Name <input name="name" required autofocus></label> <button>Sign in</button></form>',
    );
  };
}

/** Shows the form that ends the provider's session. */
export function signOutPage(ctx, form) {
  const buttons =
    '<button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button> ' +
    '<button form="op.logoutForm">Stay signed in</button>';
  ctx.body = page('Sign out at the identity provider?', `${form}${buttons}`);
}

export function signedOutPage(ctx) {
  ctx.body = page('You are signed out at the identity provider', '');
}

export function errorPage(ctx, { error, error_description: description }) {
  ctx.type = 'html';
  ctx.body = page('The identity provider refused', `<p>${escaped(`${error}: ${description ?? ''}`)}</p>`);
}

async function text(request) {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => {
    body += chunk;
  });
  await once(request, 'end');
  return body;
}

const STYLE =
  ':root { color-scheme: light dark; font: 1rem / 1.6 system-ui, sans-serif } body { max-width: 34rem; margin: 12vh auto; padding: 0 1rem } h1 { line-height: 1.2 } input, button { padding: 0.5rem 0.75rem; font: inherit }';

function page(title, body) {
  return `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head><body><h1>${title}</h1>${body}</body></html>`;
}

function escaped(value) {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
