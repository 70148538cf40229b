import { cart } from './cart.js';
import { cartTotal } from './cart-total.js';
import { counter } from './counter.js';
import { coupon } from './coupon.js';
import { devices } from './devices.js';
import { expiry } from './expiry.js';
import { guestCart } from './guest-cart.js';
import { lastViewed } from './last-viewed.js';
import { nextUser } from './next-user.js';
import { notice } from './notice.js';
import { oneTimeCode } from './one-time-code.js';
import { orderForm } from './order-form.js';
import { password } from './password.js';
import { payment } from './payment.js';
import { pin } from './pin.js';
import { poll } from './poll.js';
import { proxyVisits } from './proxy-visits.js';
import { quota } from './quota.js';
import type { Race } from './race.js';
import { settings } from './settings.js';
import { signOut } from './sign-out.js';
import { stepUp } from './step-up.js';
import { support } from './support.js';
import { tokens } from './tokens.js';
import { undo } from './undo.js';
import { wizard } from './wizard.js';

/** The planted races. Each is in a small app, a file of that name. */
export const races: readonly Race[] = [
  settings,
  counter,
  wizard,
  undo,
  lastViewed,
  proxyVisits,
  cartTotal,
  quota,
  coupon,
  poll,
  pin,
  devices,
  cart,
  guestCart,
  notice,
  oneTimeCode,
  orderForm,
  password,
  nextUser,
  signOut,
  stepUp,
  support,
  expiry,
  tokens,
  payment,
];
