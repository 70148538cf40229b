import nextAppSession from 'next-app-session';

export const memorySession = nextAppSession({
  name: 'memory',
  secret: process.env.SESSION_SECRET,
  user: (data) => data.user,
  listed: (data) => ({ device: data.device ?? null }),
});
