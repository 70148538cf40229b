export function getStaticProps() {
  return { props: { at: Date.now() }, revalidate: 1 };
}

export default function Shared({ at }) {
  return <p>generated: {at}</p>;
}
