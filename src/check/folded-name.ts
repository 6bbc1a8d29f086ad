import { foldedPath } from '../model/folded-path.js';

/**
 * A person's name as two are compared: without case, Unicode forms, blanks around it and characters that nobody sees.
 * Empty where there is none.
 */
export function foldedName(name: string | undefined): string {
  const visible = (name ?? '').normalize('NFC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  return foldedPath(visible.replace(/\s+/gu, ' ').trim());
}
