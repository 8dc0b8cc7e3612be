package dev.remap.index.quantizer;

/**
 * Encoded vectors.
 *
 * @param lists the list of each, from 0
 * @param codes of {@link IndexSpec#codeBytes} bytes each, one after the other
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
public record Codes(int[] lists, byte[] codes) {}
