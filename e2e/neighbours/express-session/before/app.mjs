import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import { createClient } from 'redis';
import { rows } from './rows.mjs';

const client = createClient({ url: process.env.REDIS_URL });
await client.connect();

passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((id, done) => done(null, { id }));

const app = express();
app.use(express.json());
app.use(
  session({
    secret: process.env.SESSION_SECRET,
    store: new RedisStore({ client }),
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 7 * 86_400_000 },
  }),
);
app.use(passport.session());

app.post('/api/sign-in', (req, res, next) => {
  req.login({ id: req.body.name }, (error) => (error ? next(error) : res.json({ user: req.user.id })));
});

app.delete('/api/sign-in', (req, res, next) => {
  req.session.destroy((error) => (error ? next(error) : res.json({})));
});

app.get('/api/data', (req, res) => {
  const { cookie: _, __session: __, ...data } = req.session;
  res.json(data);
});

app.post('/api/seed', (req, res) => {
  Object.assign(req.session, req.body);
  res.json({});
});

app.post('/api/rows/:row', async (req, res) => {
  const value = await rows[req.params.row]({ req });
  res.json({ value: value ?? null });
});

app.listen(process.env.PORT);
