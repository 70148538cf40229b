import { getSession } from '@/lib/get-session';
import { Cart } from './cart';

export default async function Page() {
  const session = await getSession();
  return <Cart cart={session.cart ?? null} />;
}
