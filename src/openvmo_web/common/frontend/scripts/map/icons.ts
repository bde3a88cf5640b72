// The icons of the page's sprite as drawings of their own, so that an exported map carries them with it.

export type Icons = Map<string, Element[]>;

export const loadIcons = async (address: string): Promise<Icons> => {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) return new Map();
  const sprite = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
  return new Map([...sprite.querySelectorAll("symbol")].map((symbol) => [symbol.id, [...symbol.children]]));
};
