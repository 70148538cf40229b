/** Answers when the app has started. */
export function GET() {
  return new Response(null);
}
