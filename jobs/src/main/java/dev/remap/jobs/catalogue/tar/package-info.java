/** Tar files whose members are images: WebDataset and img2dataset. */
package dev.remap.jobs.catalogue.tar;
