import PostgresAdapter from '@auth/pg-adapter';
import NextAuth from 'next-auth';
import type { EmailConfig } from 'next-auth/providers';
import { mails } from '@/lib/mails';
import { pool } from '@/lib/pool';

const email: EmailConfig = {
  id: 'email',
  type: 'email',
  name: 'E-mail',
  from: 'app@example.com',
  maxAge: 3600,
  async sendVerificationRequest({ identifier, url }) {
    mails.set(identifier, url);
  },
};

export const { handlers, auth, signOut } = NextAuth({
  adapter: PostgresAdapter(pool),
  session: { strategy: 'database' },
  providers: [email],
  callbacks: {
    session: ({ session, user }) => ({ ...session, user: { ...session.user, id: user.id } }),
  },
});
