/** A TorchScript network on one device: pixel batches to feature maps. */
package dev.remap.core.backbone;
