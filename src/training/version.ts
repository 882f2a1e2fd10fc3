/** The package's version, written into every file that training leaves; equal to package.json's (a test checks it). */
export const version = "0.1.0";
