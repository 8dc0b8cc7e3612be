package dev.remap.core.training.head;

/**
 * What a head makes of one image.
 *
 * @param centred the raw descriptor less the shift (D)
 * @param unit the descriptor: its projection at L2 norm 1 (d); zeros if there is none
 * @param norm of the projection
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Activation(double[] centred, double[] unit, double norm) {}
