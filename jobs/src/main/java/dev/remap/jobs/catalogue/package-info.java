/** Catalogues of images, folders and tables, listed as rows of image id, URI and version. */
package dev.remap.jobs.catalogue;
