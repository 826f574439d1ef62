// A diagnosis beside the page, so that a big file does not freeze it.
"use strict";
importScripts("lines.js", "dagster.js", "diagnosis.js", "signatures.js");

self.onmessage = async ({ data: files }) => {
  const catalogue = new faultbook.diagnosis.Catalogue(faultbook.data);
  let told = 0;
  const diagnosis = await faultbook.diagnosis.diagnose(files, catalogue, (bytes) => {
    if (bytes - told > 1 << 20) self.postMessage({ progress: (told = bytes) });
  });
  self.postMessage({ diagnosis });
};
