import NextDocument, { Head, Html, Main, NextScript } from 'next/document';
import { session } from '../lib/session';

export default class Document extends NextDocument {
  static async getInitialProps(ctx) {
    const current = session(ctx.req, ctx.res);
    const refused = await current.touch({ maxAge: 3600 }).catch(({ code }) => code);
    const user = (await current.get('user')) ?? 'nobody';
    return { ...(await NextDocument.getInitialProps(ctx)), user, refused };
  }

  render() {
    return (
      <Html>
        <Head />
        <body>
          <p>
            document: {this.props.user}, {this.props.refused}
          </p>
          <Main />
          <NextScript />
        </body>
      </Html>
    );
  }
}
