package dev.remap.jobs.store.artifact;

import dev.remap.jobs.store.Inputs;

/**
 * An artifact before its files are stored; the components are those of {@link ArtifactManifest}.
 *
 * @param id the artifact's name
 * @param kind what it is
 * @param inputs what it was made from
 * @param run who makes it
 */
public record ArtifactDraft(String id, String kind, Inputs inputs, String run) {}
