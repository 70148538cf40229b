/** The test waits until this answers. */
export function GET() {
  return Response.json([]);
}
