'use client';
import { defaultSession } from '@/lib/session';

export function Cart({ cart }: { cart: string[] | null }) {
  return <p>{(cart ?? defaultSession.cart).join(', ')}</p>;
}
