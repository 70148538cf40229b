import { outcome } from '../../lib/outcome';

export default async function handler(request, response) {
  response.json(await outcome(request.query, request, response));
}
