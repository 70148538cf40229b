import type { Server } from 'node:http';
import { RedisStore as ConnectRedis } from 'connect-redis';
import express from 'express';
import expressSession from 'express-session';
import type { createClient } from 'redis';

declare module 'express-session' {
  interface SessionData extends Partial<SharedData> {}
}

/** What both apps keep in the session. */
export interface SharedData {
  user: string;
  next: number;
  express: number;
}

export interface SharedSettings {
  readonly name: string;
  readonly secret: string;
  /** Seconds. */
  readonly maxAge: number;
}

/** A real Express 5 app on express-session and connect-redis, served on a free port. */
export function serveExpress(
  client: ReturnType<typeof createClient>,
  { name, secret, maxAge }: SharedSettings,
): Promise<Server> {
  const app = express();
  app.use(
    expressSession({
      name,
      secret,
      store: new ConnectRedis({ client }),
      cookie: { maxAge: maxAge * 1000, sameSite: 'lax' },
      resave: false,
      saveUninitialized: false,
    }),
  );
  app.post('/sign-in', (request, response, next) => {
    request.session.regenerate((error) => {
      if (error) return next(error);
      request.session.user = 'ada';
      response.json({});
    });
  });
  // As Passport does with keepSessionInfo: all that the session holds goes along.
  app.post('/renew', (request, response, next) => {
    const { cookie: _, ...kept } = request.session;
    request.session.regenerate((error) => {
      if (error) return next(error);
      Object.assign(request.session, kept);
      response.json({});
    });
  });
  app.post('/write', (request, response) => {
    request.session.express = (request.session.express ?? 0) + 1;
    response.json({});
  });
  app.get('/read', (request, response) => {
    const { user, next, express: own } = request.session;
    response.json({ user, next, express: own });
  });
  app.post('/sign-out', (request, response) => {
    request.session.destroy(() => response.json({}));
  });
  return serve(app);
}

export function serve(app: {
  listen(port: number, host: string, ready: () => void): Server;
}): Promise<Server> {
  return new Promise((resolve) => {
    const server: Server = app.listen(0, '127.0.0.1', () => resolve(server));
  });
}
