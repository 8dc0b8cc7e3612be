/** The quantizer trained on a sample of vectors. */
package dev.remap.jobs.stage.quantize;
