package dev.remap.jobs.store.artifact;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An artifact before its files are stored; the components are those of {@link ArtifactManifest}.
 *
 * @param id the artifact's name
 * @param kind what it is
 * @param inputs fingerprints of what it was made from, by name
 * @param run who makes it
 */
public record ArtifactDraft(String id, String kind, SortedMap<String, String> inputs, String run) {
  public ArtifactDraft {
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
  }
}
