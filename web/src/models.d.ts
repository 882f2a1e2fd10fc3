/** Addresses of the trained networks that were there when the page was built. */
declare module "virtual:models" {
  export const drawings: string | null;
  export const images: string;
  export const imagesRnn: string | null;
  export const maze: string | null;
  export const omniglot: string | null;
}
