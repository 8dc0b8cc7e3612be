/** Ground truths and protocols. */
package dev.remap.core.evaluation;
