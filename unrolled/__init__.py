"""What more than one chapter of *Unrolled* needs: the network, the checks, the pictures."""
