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
      '<form method="post"><label>Name <input name="name" required autofocus></label> <button>Sign in</button></form>',
    );
  };
}

/** Shows the form that ends the provider's session. */
export function signOutPage(ctx, form) {
  const button = '<button form="op.logoutForm" name="logout" value="yes" autofocus>Sign out</button>';
  ctx.body = page('Sign out at the identity provider', `${form}${button}`);
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

function page(title, body) {
  return `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1>${body}</html>`;
}

function escaped(value) {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
