import { cookies } from 'next/headers';
import { useJar } from '../../lib/jar-script';

export default async function Page() {
  return <pre>{JSON.stringify(useJar(await cookies()))}</pre>;
}
