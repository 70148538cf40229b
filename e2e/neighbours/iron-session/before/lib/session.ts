import type { SessionOptions } from 'iron-session';

export interface SessionData {
  user?: string;
  cart?: string[];
  visits?: number;
}

/** Client Components import it too, as in the examples of iron-session. */
export const defaultSession = { cart: ['an empty cart'] };

export const sessionOptions: SessionOptions = {
  cookieName: 'iron-app',
  password: process.env.IRON_PASSWORD ?? '',
};
