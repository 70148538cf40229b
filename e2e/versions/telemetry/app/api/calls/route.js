/** Says that the server is up. */
export function GET() {
  return Response.json([]);
}
