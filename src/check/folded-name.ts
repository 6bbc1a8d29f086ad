import { foldedPath } from '../model/folded-path.js';

/**
 * A person's name as two are compared: without case, Unicode forms, blanks around it, characters that nobody sees, signs, an
 * address in `<>`, and with letters of other scripts as the Latin ones that they look like. Empty where there is none.
 */
export function foldedName(name: string | undefined): string {
  const visible = (name ?? '').normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  const folded = foldedPath(visible).replace(/[Ѐ-ӿͰ-Ͽ]/gu, (letter) => LOOKS_LIKE.get(letter) ?? letter);
  // A name that is an address or signs alone is still one.
  return plain(folded.replace(/<[^<>]*>/g, ' ').replace(/[\p{P}\p{S}]/gu, ' ')) || plain(folded);
}

function plain(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

/** Letters of Cyrillic and Greek, small, with the Latin ones that they or their capitals look like. */
const LOOKS_LIKE = new Map(
  'аa вb еe ѕs іi јj кk мm нh оo рp сc тt уy хx ԁd һh ӏl αa βb εe ζz ηh ιi κk μm νv οo ρp τt υy χx ϲc ϳj'
    .split(' ')
    .map(([letter = '', latin = '']) => [letter, latin]),
);
