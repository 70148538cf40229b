/** What forms and buttons say when something went wrong. */
export const formErrors = {
  name: 'Enter a name of 1 to 40 characters.',
  password: 'Wrong password. Please try again.',
  unreachable: 'The server could not be reached. Try again.',
  provider: 'The identity provider did not sign you in. Please try again.',
};

export type FormErrorName = keyof typeof formErrors;

/** A name from a form: 1 to 40 characters, or null. A Server Action is a public endpoint, so it checks its input. */
export function readName(form: FormData): string | null {
  const value = form.get('name');
  const name = typeof value === 'string' ? value.trim() : '';
  return name.length >= 1 && name.length <= 40 ? name : null;
}
