import { Suspense } from 'react';
import { session } from '@/lib/session';
import { Cart } from './cart';

export default function Page() {
  return (
    <Suspense>
      <VisitorsCart />
    </Suspense>
  );
}

async function VisitorsCart() {
  return <Cart cart={await session().get('cart')} />;
}
